package dev.regions.core.util;

/**
 * Ensures that the stack does not overflow in the middle of a step that must not be left half done.
 *
 * <p>A body may recurse as deep as it likes, and spawn, join or cancel at the bottom of that. If the stack overflowed
 * between two steps of the runtime, a task could be counted and never run, or be completed and its successors not
 * notified. Therefore each operation of the runtime on a stack that is not its own first checks whether there is room
 * for all of it. If not, the {@link StackOverflowError} is thrown from here, before anything is done: to the program it
 * is one of its own.
 *
 * <p><b>How.</b> The JVM checks for room when a method is entered. The interpreter asks for room for all local
 * variables that the method declares; compiled code touches the stack as far below as its interpreted frame would
 * reach, because it may have to become that. (HotSpot:
 * {@code AbstractInterpreterGenerator::generate_stack_overflow_check} and {@code Compile::bang_size_in_bytes}.)
 * Therefore a method that declares many variables, and uses none, asks for as much stack as they would take, 16 bytes
 * for each {@code long} here, and costs a store for each page of it. {@code StackOverflowTest} would detect a JVM that
 * behaves otherwise. Each size needs its own list of variables, because a method asks for those that it declares.
 *
 * <p><b>Never inlined.</b> Compiled code asks, when it is entered, for the stack of all methods that are inlined in it.
 * If a check was inlined in the code of a step, the step would ask for that stack before it comes to the check, at a
 * call that must not fail, and outside of the handler that is to catch the error. Therefore the methods that declare
 * the variables also contain code, never run, of more than the 325 bytes up to which the JVM inlines a frequent method
 * ({@code FreqInlineSize}). {@code StackGuardTest} would detect one that is inlined.
 */
public final class StackGuard {
    /** Always 0, which no compiler knows. */
    private static int never;

    private StackGuard() {}

    /**
     * Ensures that the stack has room for a single call and its effects: 8 KiB.
     *
     * @throws StackOverflowError if it has not
     */
    public static void ensure8K() {
        half();
    }

    /**
     * Ensures that the stack has room for an operation that is to end on the same stack as it begins, with calls in
     * between that check for room themselves, such as a region, or a task in place: 16 KiB.
     *
     * @throws StackOverflowError if it has not
     */
    public static void ensure16K() {
        whole();
    }

    // spotless:off: one variable a line would be a line for each
    @SuppressWarnings("unused")
    private static void half() {
        if (never != 0) {
            long aa, ab, ac, ad, ae, af, ag, ah, ai, aj, ak, al, am, an, ao, ap, aq, ar, as, at, au, av, aw, ax, ay,
                    az, aA, aB, aC, aD, aE, aF, aG, aH, aI, aJ, aK, aL, aM, aN, aO, aP, aQ, aR, aS, aT, aU, aV, aW,
                    aX, aY, aZ, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, ba, bb, bc, bd, be, bf, bg, bh, bi, bj, bk,
                    bl, bm, bn, bo, bp, bq, br, bs, bt, bu, bv, bw, bx, by, bz, bA, bB, bC, bD, bE, bF, bG, bH, bI,
                    bJ, bK, bL, bM, bN, bO, bP, bQ, bR, bS, bT, bU, bV, bW, bX, bY, bZ, b0, b1, b2, b3, b4, b5, b6,
                    b7, b8, b9, ca, cb, cc, cd, ce, cf, cg, ch, ci, cj, ck, cl, cm, cn, co, cp, cq, cr, cs, ct, cu,
                    cv, cw, cx, cy, cz, cA, cB, cC, cD, cE, cF, cG, cH, cI, cJ, cK, cL, cM, cN, cO, cP, cQ, cR, cS,
                    cT, cU, cV, cW, cX, cY, cZ, c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, da, db, dc, dd, de, df, dg,
                    dh, di, dj, dk, dl, dm, dn, dp, dq, dr, ds, dt, du, dv, dw, dx, dy, dz, dA, dB, dC, dD, dE, dF,
                    dG, dH, dI, dJ, dK, dL, dM, dN, dO, dP, dQ, dR, dS, dT, dU, dV, dW, dX, dY, dZ, d0, d1, d2, d3,
                    d4, d5, d6, d7, d8, d9, ea, eb, ec, ed, ee, ef, eg, eh, ei, ej, ek, el, em, en, eo, ep, eq, er,
                    es, et, eu, ev, ew, ex, ey, ez, eA, eB, eC, eD, eE, eF, eG, eH, eI, eJ, eK, eL, eM, eN, eO, eP,
                    eQ, eR, eS, eT, eU, eV, eW, eX, eY, eZ, e0, e1, e2, e3, e4, e5, e6, e7, e8, e9, fa, fb, fc, fd,
                    fe, ff, fg, fh, fi, fj, fk, fl, fm, fn, fo, fp, fq, fr, fs, ft, fu, fv, fw, fx, fy, fz, fA, fB,
                    fC, fD, fE, fF, fG, fH, fI, fJ, fK, fL, fM, fN, fO, fP, fQ, fR, fS, fT, fU, fV, fW, fX, fY, fZ,
                    f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, ga, gb, gc, gd, ge, gf, gg, gh, gi, gj, gk, gl, gm, gn,
                    go, gp, gq, gr, gs, gt, gu, gv, gw, gx, gy, gz, gA, gB, gC, gD, gE, gF, gG, gH, gI, gJ, gK, gL,
                    gM, gN, gO, gP, gQ, gR, gS, gT, gU, gV, gW, gX, gY, gZ, g0, g1, g2, g3, g4, g5, g6, g7, g8, g9,
                    ha, hb, hc, hd, he, hf, hg, hh, hi, hj, hk, hl, hm, hn, ho, hp, hq, hr, hs, ht, hu, hv, hw, hx,
                    hy, hz, hA, hB, hC, hD, hE, hF, hG, hH, hI, hJ, hK, hL, hM, hN, hO, hP, hQ, hR, hS, hT, hU, hV,
                    hW, hX, hY, hZ, h0, h1, h2, h3, h4, h5, h6, h7, h8, h9, ia, ib, ic, id, ie, ig, ih, ii, ij, ik,
                    il, im, in, io, ip, iq, ir;
            // A call: a point at which the frame would have to be there. The rest is what makes the method large.
            never = new Object().hashCode()
                    + never + never + never + never + never + never + never + never + never + never + never + never
                    + never + never + never + never + never + never + never + never + never + never + never + never
                    + never + never + never + never + never + never + never + never + never + never + never + never
                    + never + never + never + never + never + never + never + never + never + never + never + never
                    + never + never + never + never + never + never + never + never + never + never + never + never
                    + never + never + never + never + never + never + never + never + never + never + never + never
                    + never + never + never + never + never + never + never + never + never + never + never + never
                    + never + never + never + never + never + never;
        }
    }

    @SuppressWarnings("unused")
    private static void whole() {
        if (never != 0) {
            long aa, ab, ac, ad, ae, af, ag, ah, ai, aj, ak, al, am, an, ao, ap, aq, ar, as, at, au, av, aw, ax, ay,
                    az, aA, aB, aC, aD, aE, aF, aG, aH, aI, aJ, aK, aL, aM, aN, aO, aP, aQ, aR, aS, aT, aU, aV, aW,
                    aX, aY, aZ, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, ba, bb, bc, bd, be, bf, bg, bh, bi, bj, bk,
                    bl, bm, bn, bo, bp, bq, br, bs, bt, bu, bv, bw, bx, by, bz, bA, bB, bC, bD, bE, bF, bG, bH, bI,
                    bJ, bK, bL, bM, bN, bO, bP, bQ, bR, bS, bT, bU, bV, bW, bX, bY, bZ, b0, b1, b2, b3, b4, b5, b6,
                    b7, b8, b9, ca, cb, cc, cd, ce, cf, cg, ch, ci, cj, ck, cl, cm, cn, co, cp, cq, cr, cs, ct, cu,
                    cv, cw, cx, cy, cz, cA, cB, cC, cD, cE, cF, cG, cH, cI, cJ, cK, cL, cM, cN, cO, cP, cQ, cR, cS,
                    cT, cU, cV, cW, cX, cY, cZ, c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, da, db, dc, dd, de, df, dg,
                    dh, di, dj, dk, dl, dm, dn, dp, dq, dr, ds, dt, du, dv, dw, dx, dy, dz, dA, dB, dC, dD, dE, dF,
                    dG, dH, dI, dJ, dK, dL, dM, dN, dO, dP, dQ, dR, dS, dT, dU, dV, dW, dX, dY, dZ, d0, d1, d2, d3,
                    d4, d5, d6, d7, d8, d9, ea, eb, ec, ed, ee, ef, eg, eh, ei, ej, ek, el, em, en, eo, ep, eq, er,
                    es, et, eu, ev, ew, ex, ey, ez, eA, eB, eC, eD, eE, eF, eG, eH, eI, eJ, eK, eL, eM, eN, eO, eP,
                    eQ, eR, eS, eT, eU, eV, eW, eX, eY, eZ, e0, e1, e2, e3, e4, e5, e6, e7, e8, e9, fa, fb, fc, fd,
                    fe, ff, fg, fh, fi, fj, fk, fl, fm, fn, fo, fp, fq, fr, fs, ft, fu, fv, fw, fx, fy, fz, fA, fB,
                    fC, fD, fE, fF, fG, fH, fI, fJ, fK, fL, fM, fN, fO, fP, fQ, fR, fS, fT, fU, fV, fW, fX, fY, fZ,
                    f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, ga, gb, gc, gd, ge, gf, gg, gh, gi, gj, gk, gl, gm, gn,
                    go, gp, gq, gr, gs, gt, gu, gv, gw, gx, gy, gz, gA, gB, gC, gD, gE, gF, gG, gH, gI, gJ, gK, gL,
                    gM, gN, gO, gP, gQ, gR, gS, gT, gU, gV, gW, gX, gY, gZ, g0, g1, g2, g3, g4, g5, g6, g7, g8, g9,
                    ha, hb, hc, hd, he, hf, hg, hh, hi, hj, hk, hl, hm, hn, ho, hp, hq, hr, hs, ht, hu, hv, hw, hx,
                    hy, hz, hA, hB, hC, hD, hE, hF, hG, hH, hI, hJ, hK, hL, hM, hN, hO, hP, hQ, hR, hS, hT, hU, hV,
                    hW, hX, hY, hZ, h0, h1, h2, h3, h4, h5, h6, h7, h8, h9, ia, ib, ic, id, ie, ig, ih, ii, ij, ik,
                    il, im, in, io, ip, iq, ir, is, it, iu, iv, iw, ix, iy, iz, iA, iB, iC, iD, iE, iF, iG, iH, iI,
                    iJ, iK, iL, iM, iN, iO, iP, iQ, iR, iS, iT, iU, iV, iW, iX, iY, iZ, i0, i1, i2, i3, i4, i5, i6,
                    i7, i8, i9, ja, jb, jc, jd, je, jf, jg, jh, ji, jj, jk, jl, jm, jn, jo, jp, jq, jr, js, jt, ju,
                    jv, jw, jx, jy, jz, jA, jB, jC, jD, jE, jF, jG, jH, jI, jJ, jK, jL, jM, jN, jO, jP, jQ, jR, jS,
                    jT, jU, jV, jW, jX, jY, jZ, j0, j1, j2, j3, j4, j5, j6, j7, j8, j9, ka, kb, kc, kd, ke, kf, kg,
                    kh, ki, kj, kk, kl, km, kn, ko, kp, kq, kr, ks, kt, ku, kv, kw, kx, ky, kz, kA, kB, kC, kD, kE,
                    kF, kG, kH, kI, kJ, kK, kL, kM, kN, kO, kP, kQ, kR, kS, kT, kU, kV, kW, kX, kY, kZ, k0, k1, k2,
                    k3, k4, k5, k6, k7, k8, k9, la, lb, lc, ld, le, lf, lg, lh, li, lj, lk, ll, lm, ln, lo, lp, lq,
                    lr, ls, lt, lu, lv, lw, lx, ly, lz, lA, lB, lC, lD, lE, lF, lG, lH, lI, lJ, lK, lL, lM, lN, lO,
                    lP, lQ, lR, lS, lT, lU, lV, lW, lX, lY, lZ, l0, l1, l2, l3, l4, l5, l6, l7, l8, l9, ma, mb, mc,
                    md, me, mf, mg, mh, mi, mj, mk, ml, mm, mn, mo, mp, mq, mr, ms, mt, mu, mv, mw, mx, my, mz, mA,
                    mB, mC, mD, mE, mF, mG, mH, mI, mJ, mK, mL, mM, mN, mO, mP, mQ, mR, mS, mT, mU, mV, mW, mX, mY,
                    mZ, m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, na, nb, nc, nd, ne, nf, ng, nh, ni, nj, nk, nl, nm,
                    nn, no, np, nq, nr, ns, nt, nu, nv, nw, nx, ny, nz, nA, nB, nC, nD, nE, nF, nG, nH, nI, nJ, nK,
                    nL, nM, nN, nO, nP, nQ, nR, nS, nT, nU, nV, nW, nX, nY, nZ, n0, n1, n2, n3, n4, n5, n6, n7, n8,
                    n9, oa, ob, oc, od, oe, of, og, oh, oi, oj, ok, ol, om, on, oo, op, oq, or, os, ot, ou, ov, ow,
                    ox, oy, oz, oA, oB, oC, oD, oE, oF, oG, oH, oI, oJ, oK, oL, oM, oN, oO, oP, oQ, oR, oS, oT, oU,
                    oV, oW, oX, oY, oZ, o0, o1, o2, o3, o4, o5, o6, o7, o8, o9, pa, pb, pc, pd, pe, pf, pg, ph, pi,
                    pj, pk, pl, pm, pn, po, pp, pq, pr, ps, pt, pu, pv, pw, px, py, pz, pA, pB, pC, pD, pE, pF, pG,
                    pH, pI, pJ, pK, pL, pM, pN, pO, pP, pQ, pR, pS, pT, pU, pV, pW, pX, pY, pZ, p0, p1, p2, p3, p4,
                    p5, p6, p7, p8, p9, qa, qb, qc, qd, qe, qf, qg, qh, qi, qj, qk, ql, qm, qn, qo, qp, qq, qr, qs,
                    qt, qu, qv, qw, qx, qy, qz, qA, qB, qC, qD, qE, qF, qG, qH;
            // A call: a point at which the frame would have to be there. The rest is what makes the method large.
            never = new Object().hashCode()
                    + never + never + never + never + never + never + never + never + never + never + never + never
                    + never + never + never + never + never + never + never + never + never + never + never + never
                    + never + never + never + never + never + never + never + never + never + never + never + never
                    + never + never + never + never + never + never + never + never + never + never + never + never
                    + never + never + never + never + never + never + never + never + never + never + never + never
                    + never + never + never + never + never + never + never + never + never + never + never + never
                    + never + never + never + never + never + never + never + never + never + never + never + never
                    + never + never + never + never + never + never;
        }
    }
    // spotless:on
}
