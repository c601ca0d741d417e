// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The locals that have a slot, a class for each: a local is a constant where it is used, so the
 * compiler knows its class, and with it the field to read. (It does not trust final fields, such as
 * the number of a slot.)
 */
final class SlottedLocals {
  private static final AtomicInteger MADE = new AtomicInteger();

  private SlottedLocals() {}

  /** A local; the first ones get a slot. */
  static <T> ContextLocal<T> create(ContextLocal.Builder<T> from) {
    // Cannot overflow: counted only as long as there are slots left.
    return at(MADE.get() < Slots.COUNT ? MADE.getAndIncrement() : Slots.COUNT, from);
  }

  /** A local with this slot, which nobody else may have in the same context. */
  static <T> ContextLocal<T> at(int slot, ContextLocal.Builder<T> from) {
    return switch (slot) {
      case 0 -> new Local0<>(from);
      case 1 -> new Local1<>(from);
      case 2 -> new Local2<>(from);
      case 3 -> new Local3<>(from);
      case 4 -> new Local4<>(from);
      case 5 -> new Local5<>(from);
      case 6 -> new Local6<>(from);
      case 7 -> new Local7<>(from);
      case 8 -> new Local8<>(from);
      case 9 -> new Local9<>(from);
      case 10 -> new Local10<>(from);
      case 11 -> new Local11<>(from);
      case 12 -> new Local12<>(from);
      case 13 -> new Local13<>(from);
      case 14 -> new Local14<>(from);
      case 15 -> new Local15<>(from);
      default -> new Unslotted<>(from);
    };
  }

  private static final class Unslotted<T> extends ContextLocal<T> {
    Unslotted(Builder<T> from) {
      super(from, Slots.COUNT);
    }

    @Override
    @Nullable Object in(Context context) {
      return Table.get(context.table, this);
    }
  }

  private static final class Local0<T> extends ContextLocal<T> {
    Local0(Builder<T> from) {
      super(from, 0);
    }

    @Override
    @Nullable Object in(Context context) {
      return context.s0;
    }
  }

  private static final class Local1<T> extends ContextLocal<T> {
    Local1(Builder<T> from) {
      super(from, 1);
    }

    @Override
    @Nullable Object in(Context context) {
      return context.s1;
    }
  }

  private static final class Local2<T> extends ContextLocal<T> {
    Local2(Builder<T> from) {
      super(from, 2);
    }

    @Override
    @Nullable Object in(Context context) {
      return context.s2;
    }
  }

  private static final class Local3<T> extends ContextLocal<T> {
    Local3(Builder<T> from) {
      super(from, 3);
    }

    @Override
    @Nullable Object in(Context context) {
      return context.s3;
    }
  }

  private static final class Local4<T> extends ContextLocal<T> {
    Local4(Builder<T> from) {
      super(from, 4);
    }

    @Override
    @Nullable Object in(Context context) {
      return context.s4;
    }
  }

  private static final class Local5<T> extends ContextLocal<T> {
    Local5(Builder<T> from) {
      super(from, 5);
    }

    @Override
    @Nullable Object in(Context context) {
      return context.s5;
    }
  }

  private static final class Local6<T> extends ContextLocal<T> {
    Local6(Builder<T> from) {
      super(from, 6);
    }

    @Override
    @Nullable Object in(Context context) {
      return context.s6;
    }
  }

  private static final class Local7<T> extends ContextLocal<T> {
    Local7(Builder<T> from) {
      super(from, 7);
    }

    @Override
    @Nullable Object in(Context context) {
      return context.s7;
    }
  }

  private static final class Local8<T> extends ContextLocal<T> {
    Local8(Builder<T> from) {
      super(from, 8);
    }

    @Override
    @Nullable Object in(Context context) {
      return context.s8;
    }
  }

  private static final class Local9<T> extends ContextLocal<T> {
    Local9(Builder<T> from) {
      super(from, 9);
    }

    @Override
    @Nullable Object in(Context context) {
      return context.s9;
    }
  }

  private static final class Local10<T> extends ContextLocal<T> {
    Local10(Builder<T> from) {
      super(from, 10);
    }

    @Override
    @Nullable Object in(Context context) {
      return context.s10;
    }
  }

  private static final class Local11<T> extends ContextLocal<T> {
    Local11(Builder<T> from) {
      super(from, 11);
    }

    @Override
    @Nullable Object in(Context context) {
      return context.s11;
    }
  }

  private static final class Local12<T> extends ContextLocal<T> {
    Local12(Builder<T> from) {
      super(from, 12);
    }

    @Override
    @Nullable Object in(Context context) {
      return context.s12;
    }
  }

  private static final class Local13<T> extends ContextLocal<T> {
    Local13(Builder<T> from) {
      super(from, 13);
    }

    @Override
    @Nullable Object in(Context context) {
      return context.s13;
    }
  }

  private static final class Local14<T> extends ContextLocal<T> {
    Local14(Builder<T> from) {
      super(from, 14);
    }

    @Override
    @Nullable Object in(Context context) {
      return context.s14;
    }
  }

  private static final class Local15<T> extends ContextLocal<T> {
    Local15(Builder<T> from) {
      super(from, 15);
    }

    @Override
    @Nullable Object in(Context context) {
      return context.s15;
    }
  }
}
