"""HTTP as every function speaks it: one app factory, one error shape, access declared route by route."""
