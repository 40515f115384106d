"""What the http transport is made of: who signs a request, what a reply means, which page comes next."""
