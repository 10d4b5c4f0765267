"""What waits for whom, the state of the service, and the pages about the service itself."""
