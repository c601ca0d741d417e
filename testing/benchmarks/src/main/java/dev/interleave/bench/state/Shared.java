// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.state;

import dev.interleave.state.VersionedState;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;

/** An immutable value that several threads replace. */
interface Shared {
  /** The value. */
  record Value(long count) {
    Value next() {
      return new Value(count + 1);
    }
  }

  /** Replaces the value by the next one. */
  Value update();

  /** The value now. */
  Value read();

  /** Ours. */
  final class OfVersionedState implements Shared {
    private final VersionedState<Value> state = VersionedState.of(new Value(0));

    @Override
    public Value update() {
      return state.update(Value::next).value();
    }

    @Override
    public Value read() {
      return state.snapshot().value();
    }
  }

  /** Without versions and listeners; a function may be applied more than once. */
  final class OfAtomicReference implements Shared {
    private final AtomicReference<Value> state = new AtomicReference<>(new Value(0));

    @Override
    public Value update() {
      return state.updateAndGet(Value::next);
    }

    @Override
    public Value read() {
      return state.get();
    }
  }

  /** Without versions and listeners; a volatile field that is written under a lock. */
  final class OfReentrantLock implements Shared {
    private final ReentrantLock lock = new ReentrantLock();
    private volatile Value value = new Value(0);

    @Override
    public Value update() {
      lock.lock();
      try {
        Value next = value.next();
        value = next;
        return next;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public Value read() {
      return value;
    }
  }
}
