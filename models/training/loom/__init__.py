"""Training code of the Latent Loom model packages: latent diffusion (arXiv 2112.10752) in small files."""
