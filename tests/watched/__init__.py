"""One long story under the eyes of real servers, and what each test finds in it. It is told once: one worker runs them all."""
