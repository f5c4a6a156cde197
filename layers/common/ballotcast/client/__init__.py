"""The other side of the API: what a voter's, an organiser's or anyone's own machine does. Nothing of AWS in it."""
