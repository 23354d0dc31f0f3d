"""The editor stubs, judged by the tools that read them."""
