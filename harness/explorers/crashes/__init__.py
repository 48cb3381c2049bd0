"""Every crash of a program at work on real servers."""
