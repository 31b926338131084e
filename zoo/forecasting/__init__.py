"""Forecasts of a knock-out tournament: its bracket, its chances, its picture, Kaggle's file."""
