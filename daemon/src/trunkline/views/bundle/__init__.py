"""What a support case is given: the files of a bundle, from one examination of a link. Pure."""
