"""Pictures: six datasets of drawn or published ones, and digits as rows of pixels."""
