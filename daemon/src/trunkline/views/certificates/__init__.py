"""Every certificate on both ends of the links, what must happen to it and when: as rows, findings, a timeline, a picture."""
