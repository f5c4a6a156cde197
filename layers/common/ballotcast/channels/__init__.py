"""Rules of channels: names, schemas, records, decimation, formats. Nothing here knows AWS, HTTP or a store."""
