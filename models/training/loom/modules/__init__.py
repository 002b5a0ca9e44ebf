"""Network modules. Feature maps are [B, C, H, W]; token sequences are [B, N, C]."""
