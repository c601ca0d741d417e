// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.rpc;

import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/** A calculator and what can be done with strings: plain interfaces, plain objects. */
public final class Services {
  private Services() {}

  /** What a calculator can do. */
  public interface Calculator {
    long add(long a, long b);

    long subtract(long a, long b);

    long multiply(long a, long b);

    /** Throws {@link ArithmeticException} if {@code b} is 0. */
    double divide(double a, double b);

    /** Throws {@link IllegalArgumentException} if {@code n} is negative. */
    long factorial(int n);

    /** The same, but it takes until somebody lets it go on. */
    long slowFactorial(int n);
  }

  /** What can be done with strings. */
  public interface Strings {
    String reverse(String text);

    String upperCase(String text);

    String lowerCase(String text);

    int length(String text);
  }

  /** Calculates. */
  static final class Calculating implements Calculator {
    private final CountDownLatch goOn = new CountDownLatch(1);

    void letGo() {
      goOn.countDown();
    }

    @Override
    public long add(long a, long b) {
      return Math.addExact(a, b);
    }

    @Override
    public long subtract(long a, long b) {
      return Math.subtractExact(a, b);
    }

    @Override
    public long multiply(long a, long b) {
      return Math.multiplyExact(a, b);
    }

    @Override
    public double divide(double a, double b) {
      if (b == 0) {
        throw new ArithmeticException("division by zero");
      }
      return a / b;
    }

    @Override
    public long factorial(int n) {
      if (n < 0) {
        throw new IllegalArgumentException("negative: " + n);
      }
      long product = 1;
      for (int i = 2; i <= n; i++) {
        product = multiply(product, i);
      }
      return product;
    }

    @Override
    public long slowFactorial(int n) {
      try {
        goOn.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("told to stop", e);
      }
      return factorial(n);
    }
  }

  /** Works on strings. */
  static final class Text implements Strings {
    @Override
    public String reverse(String text) {
      return new StringBuilder(text).reverse().toString();
    }

    @Override
    public String upperCase(String text) {
      return text.toUpperCase(Locale.ROOT);
    }

    @Override
    public String lowerCase(String text) {
      return text.toLowerCase(Locale.ROOT);
    }

    @Override
    public int length(String text) {
      return text.length();
    }
  }
}
