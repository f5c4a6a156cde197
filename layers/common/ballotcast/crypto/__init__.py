"""The published primitives the protocol is built of; no module here knows of elections, AWS or HTTP."""
