"""The models and their weights: fetching, converting, and one door for each library that runs them."""
