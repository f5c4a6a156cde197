"""The AWS services that the functions call: each is an object with the methods of its boto3 client that they use."""
