"""Ballotcast: what the functions, the client and the command line share."""

import os

if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    import logging

    # Every function imports this package before it makes a client. Lambda's runtime lets INFO through, where libraries
    # report their workings (botocore: where it found credentials). Our own loggers have levels of their own.
    logging.getLogger().setLevel(logging.WARNING)
