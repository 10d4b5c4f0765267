"""Reading calibration sessions: the file, who may grade it, and what came of it once closed."""
