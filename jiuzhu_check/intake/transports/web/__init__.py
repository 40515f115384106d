"""What the http transport is made of: who signs a request, one call, what a reply means, which page comes next."""
