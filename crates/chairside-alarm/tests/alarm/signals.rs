//! People being told, apart from what is wrong.
