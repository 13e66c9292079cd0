"""Why a link does not work: from what was seen at both ends to causes in order. Pure."""
