"""What can be wrong with a backup, with making or with restoring one.

BackupError
├── BadBackup     the file is damaged, or not a backup that this release reads
├── WrongKey      no master key, or not the one that the backup was made with
└── Busy          another command is at work in the same folder
"""


class BackupError(Exception):
    """The message says what is wrong and what to do, for people."""


class BadBackup(BackupError):
    """The file cannot be restored. Nothing was changed."""


class WrongKey(BackupError):
    """Nothing in the backup could be opened with the key there is. Nothing was changed."""


class Busy(BackupError):
    """Another command makes or restores a backup."""
