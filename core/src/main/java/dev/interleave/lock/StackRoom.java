// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import java.lang.invoke.MethodHandles;

/**
 * Room on the stack for a few calls more, asked for before a lock changes anything: a {@code
 * StackOverflowError} comes then, or not before the change is complete. In the midst of it, it
 * would leave the lock taken by nobody, or a reader counted out twice.
 *
 * <p>The JDK's locks are spared that by {@code @ReservedStackAccess} (JEP 270): they complete the
 * change in a page kept for that, and throw then. HotSpot heeds it in the JDK's own classes only.
 * This does without: all it needs is a method whose frame is large and which does nothing. It needs
 * the variables, though; what drops unused ones from class files ends its effect.
 *
 * <ul>
 *   <li>Interpreted, a method asks for room for its local variables when it is called, whether it
 *       uses them or not; here, {@value #BYTES} bytes. What was there for this call is there for
 *       the calls that follow it.
 *   <li>Compiled, this is inlined and comes to one comparison. But wherever compiled code may have
 *       to go on in the interpreter, it needs room for the interpreter's frames, and asks for that
 *       when it is entered. The branch that is never taken is such a place. HotSpot asks for
 *       nothing beyond the page that it looks at anyway unless the frames are larger than a page:
 *       that is why there are so many variables. Where pages have more than 4 KiB, as on Apple's
 *       processors, this has an effect in the interpreter only.
 * </ul>
 *
 * <p>To load a class, or to link a call, takes more stack than that. So the classes that are needed
 * later on are initialized before ({@link #initialize}); a call that is linked at the very end of a
 * stack, once in a JVM, may still overflow.
 *
 * <p>{@code WantOfStackTest} lets locks be acquired and released where the stack ends. Without this
 * call, some of them are lost each second.
 */
final class StackRoom {
  /** How much is asked for, in bytes. */
  static final int BYTES = 17 * 16 * 2 * Long.BYTES;

  /** No state of a lock, no count of holds and no thread's id; fits into a comparison. */
  private static final long NEVER = Integer.MIN_VALUE;

  private StackRoom() {}

  /** Makes ready what would want much room in the midst of a change, and be spoilt without. */
  static void initialize(MethodHandles.Lookup lookup, Class<?>... classes)
      throws IllegalAccessException {
    for (Class<?> type : classes) {
      lookup.ensureInitialized(type);
    }
  }

  /**
   * Asks for room.
   *
   * @param any any value but {@link #NEVER}; to be at hand, and unknown to the compiler
   * @throws StackOverflowError if there is none
   */
  @SuppressWarnings("UnusedVariable") // they are there
  static void require(long any) {
    long a00, a01, a02, a03, a04, a05, a06, a07, a08, a09, a10, a11, a12, a13, a14, a15;
    long b00, b01, b02, b03, b04, b05, b06, b07, b08, b09, b10, b11, b12, b13, b14, b15;
    long c00, c01, c02, c03, c04, c05, c06, c07, c08, c09, c10, c11, c12, c13, c14, c15;
    long d00, d01, d02, d03, d04, d05, d06, d07, d08, d09, d10, d11, d12, d13, d14, d15;
    long e00, e01, e02, e03, e04, e05, e06, e07, e08, e09, e10, e11, e12, e13, e14, e15;
    long f00, f01, f02, f03, f04, f05, f06, f07, f08, f09, f10, f11, f12, f13, f14, f15;
    long g00, g01, g02, g03, g04, g05, g06, g07, g08, g09, g10, g11, g12, g13, g14, g15;
    long h00, h01, h02, h03, h04, h05, h06, h07, h08, h09, h10, h11, h12, h13, h14, h15;
    long i00, i01, i02, i03, i04, i05, i06, i07, i08, i09, i10, i11, i12, i13, i14, i15;
    long j00, j01, j02, j03, j04, j05, j06, j07, j08, j09, j10, j11, j12, j13, j14, j15;
    long k00, k01, k02, k03, k04, k05, k06, k07, k08, k09, k10, k11, k12, k13, k14, k15;
    long l00, l01, l02, l03, l04, l05, l06, l07, l08, l09, l10, l11, l12, l13, l14, l15;
    long m00, m01, m02, m03, m04, m05, m06, m07, m08, m09, m10, m11, m12, m13, m14, m15;
    long n00, n01, n02, n03, n04, n05, n06, n07, n08, n09, n10, n11, n12, n13, n14, n15;
    long o00, o01, o02, o03, o04, o05, o06, o07, o08, o09, o10, o11, o12, o13, o14, o15;
    long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;
    long q00, q01, q02, q03, q04, q05, q06, q07, q08, q09, q10, q11, q12, q13, q14, q15;
    if (any == NEVER) {
      throw new IllegalArgumentException("never");
    }
  }
}
