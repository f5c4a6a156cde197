"""What an election costs at any size: the real functions over an AWS in a folder that counts what it is asked."""
