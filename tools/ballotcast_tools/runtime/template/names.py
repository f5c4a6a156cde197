"""Names and ARNs on one machine: the physical name of a resource is its logical id in the template."""

ACCOUNT = "000000000000"
REGION = "eu-west-1"
PARTITION = "aws"
STACK = "ballotcast"
QUEUES = f"http://sqs.local/{ACCOUNT}/"
PARTITION_KEY = "pk"
SORT_KEY = "sk"
"""The keys of every table, both of them strings."""


def arn(service: str, resource: str) -> str:
    return f"arn:{PARTITION}:{service}:{REGION}:{ACCOUNT}:{resource}"


def role_arn(name: str) -> str:
    return f"arn:{PARTITION}:iam::{ACCOUNT}:role/{name}"


def bucket_arn(name: str) -> str:
    return f"arn:{PARTITION}:s3:::{name}"


def table_arn(name: str) -> str:
    return arn("dynamodb", f"table/{name}")


def stream_arn(table: str) -> str:
    return f"{table_arn(table)}/stream/2000-01-01T00:00:00.000"


def queue_arn(name: str) -> str:
    return arn("sqs", name)


def queue_url(name: str) -> str:
    return QUEUES + name


def name_in(url_or_arn: str) -> str:
    """Return the last part of a queue's URL, or of an ARN that ends in a name.

    >>> name_in("arn:aws:sqs:eu-west-1:000000000000:MailQueue"), name_in("http://sqs.local/000000000000/MailQueue")
    ('MailQueue', 'MailQueue')
    """
    return url_or_arn.rpartition("/")[2].rpartition(":")[2]
