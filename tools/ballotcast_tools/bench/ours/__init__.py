"""The two sample functions of stock/ as this product writes its functions."""
