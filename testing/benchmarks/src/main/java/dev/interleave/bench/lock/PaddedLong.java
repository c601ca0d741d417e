// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.lock;

/**
 * A plain long that shares its cache line with nothing, nor the line beside it, which processors
 * like to fetch too: where the object happens to lie must not decide between two locks.
 */
final class PaddedLong extends PaddedLongValue {
  long a0;
  long a1;
  long a2;
  long a3;
  long a4;
  long a5;
  long a6;
  long a7;
  long a8;
  long a9;
  long a10;
  long a11;
  long a12;
  long a13;
  long a14;
  long a15;
}

/** A superclass's fields come first. */
class PaddedLongStart {
  long b0;
  long b1;
  long b2;
  long b3;
  long b4;
  long b5;
  long b6;
  long b7;
  long b8;
  long b9;
  long b10;
  long b11;
  long b12;
  long b13;
  long b14;
  long b15;
}

class PaddedLongValue extends PaddedLongStart {
  long value;
}
