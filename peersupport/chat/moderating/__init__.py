"""What facilitators and coordinators do about members, and that nobody is ever alone."""
