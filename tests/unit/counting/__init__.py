"""Tests of the counting rules, and the naive counts that they are compared with."""
