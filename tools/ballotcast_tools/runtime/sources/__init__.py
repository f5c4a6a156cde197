"""What calls background functions: streams of tables, queues, and the clock."""
