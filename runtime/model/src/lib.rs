//! The model description: YAML configuration, populations, random streams
