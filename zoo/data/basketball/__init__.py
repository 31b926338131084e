"""The basketball datasets: games of an invented league, and of US colleges."""
