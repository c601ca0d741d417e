// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.Comparator;
import java.util.function.Supplier;
import org.jspecify.annotations.NullMarked;

/** The pairs of a model and what it is a model of. */
@NullMarked
@SuppressWarnings("ImmutableEnumChecker") // the models are immutable, and the suppliers
enum ModelKind {
  QUEUE(Models.queue(2), () -> new ItemsReference(2, ItemsReference.Order.FIFO)),
  LONG_QUEUE(
      Models.queue(), () -> new ItemsReference(Integer.MAX_VALUE, ItemsReference.Order.FIFO)),
  STACK(Models.stack(2), () -> new ItemsReference(2, ItemsReference.Order.LIFO)),
  PRIORITY_QUEUE(
      Models.priorityQueue(3, Comparator.comparingInt(item -> (int) item / 2)),
      () -> new ItemsReference(3, ItemsReference.Order.PRIORITY)),
  LOCK(Models.lock(), () -> new LockReference(true)),
  MUTEX(Models.mutex(), () -> new LockReference(false)),
  READ_WRITE_LOCK(Models.readWriteLock(), ReadWriteLockReference::new),
  SEMAPHORE(Models.semaphore(2), () -> new SemaphoreReference(2)),
  REGISTER(Models.register(0), () -> new RegisterReference(0)),
  POOL(Models.pool(2), PoolReference::new);

  final Model<?> model;
  final Supplier<Reference> reference;

  ModelKind(Model<?> model, Supplier<Reference> reference) {
    this.model = model;
    this.reference = reference;
  }
}
