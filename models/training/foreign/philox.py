"""The product's noise (engine/tensor/philox.ts, normal.ts) in numpy: Philox-4x32-10 and Box-Muller in float64, the same bits."""
import numpy as np
M0, M1, W0, W1 = 0xd2511f53, 0xcd9e8d57, 0x9e3779b9, 0xbb67ae85
def philox(c0, c1, c2, c3, k0, k1):
    x0, x1, x2, x3 = [np.broadcast_to(np.asarray(c, dtype=np.uint64), np.shape(c0)).copy() for c in (c0, c1, c2, c3)]
    m = np.uint64(0xffffffff); s = np.uint64(32)
    a, b = k0, k1
    for _ in range(10):
        p0 = np.uint64(M0)*x0; p1 = np.uint64(M1)*x2
        x0, x1, x2, x3 = ((p1 >> s) ^ x1 ^ np.uint64(a)) & m, p1 & m, ((p0 >> s) ^ x3 ^ np.uint64(b)) & m, p0 & m
        a = (a+W0) & 0xffffffff; b = (b+W1) & 0xffffffff
    return x0, x1, x2, x3
LN2_HIGH = 6.9314718036912381649e-1; LN2_LOW = 1.90821492927058770002e-10
def logu(n):
    n = n.astype(np.uint64); odd = n.astype(np.float64)+0.5
    e = np.zeros(n.shape, np.int64); nz = n > 0
    e[nz] = np.floor(np.log2(n[nz].astype(np.float64))).astype(np.int64)+1
    e = np.where(nz & ((np.uint64(1) << np.maximum(e, 0).astype(np.uint64)) <= n), e+1, e)
    m = odd/np.exp2(e.astype(np.float64))
    small = m < np.sqrt(0.5); m = np.where(small, m*2, m); e = np.where(small, e-1, e)
    f = m-1; s = f/(2+f); z = s*s; w = z*z
    even = w*(3.999999999940941908e-1+w*(2.222219843214978396e-1+w*1.531383769920937332e-1))
    rest = z*(6.66666666666673513e-1+w*(2.857142874366239149e-1+w*(1.818357216161805012e-1+w*1.479819860511658591e-1)))
    r = even+rest; half = 0.5*f*f; k = (e-32).astype(np.float64)
    return k*LN2_HIGH-(half-(s*(half+r)+k*LN2_LOW)-f)
def sin_k(x):
    z = x*x
    r = 8.33333333332248946124e-3+z*(-1.98412698298579493134e-4+z*(2.75573137070700676789e-6+z*(-2.50507602534068634195e-8+z*1.58969099521155010221e-10)))
    return x+z*x*(-1.66666666666666324348e-1+z*r)
def cos_k(x):
    z = x*x
    r = z*(4.16666666666666019037e-2+z*(-1.38888888888741095749e-3+z*(2.48015872894767294178e-5+z*(-2.75573143513906633035e-7+z*(2.0875723212981748279e-9+z*-1.13596475577881948265e-11)))))
    half = 0.5*z; w = 1-half
    return w+(1-w-half+z*r)
def box(a, b):
    rad = np.sqrt(-2*logu(a)); turn = b.astype(np.float64)+0.5; q4 = float(0x40000000)
    quad = np.floor(turn/q4+0.5); ang = (turn/q4-quad)*(np.pi/2)
    s, c = sin_k(ang), cos_k(ang); k = quad.astype(np.int64) & 3
    x = np.choose(k, [c, -s, -c, s]); y = np.choose(k, [s, c, -s, -c])
    return (rad*x).astype(np.float32), (rad*y).astype(np.float32)
def noise(dims, seed, stream=0, first=0):
    """float32 [B, ...]; element k of the batch is the same alone or with others."""
    n = int(np.prod(dims[1:])); out = np.empty((dims[0], n), np.float32)
    blocks = np.arange((n+3)//4, dtype=np.uint64)
    for e in range(dims[0]):
        w = philox(blocks, first+e, stream, 0, seed & 0xffffffff, (seed >> 32) & 0xffffffff)
        z0, z1 = box(w[0], w[1]); z2, z3 = box(w[2], w[3])
        out[e] = np.stack([z0, z1, z2, z3], 1).reshape(-1)[:n]
    return out.reshape(dims)
def stream_of(index, draw=0, pass_=0): return 1+(pass_*4096+index)*8+draw
