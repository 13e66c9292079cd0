"""What documents mean on each side of a link: sections of the CUBE, objects of the cluster, trust between them."""
