//! The mivc executable: the compiler and every command of the tutorial
