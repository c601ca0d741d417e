// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import java.util.Date;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

/**
 * A condition of the write lock: the queue synchronizer's own, around which this class puts away
 * the nested holds and, when the wait is over, waits for the readers that have come in meanwhile.
 */
@SuppressWarnings("WaitNotInLoop") // the loop is the caller's
final class WriteCondition implements Condition {
  private final ReadWriteSync sync;
  private final Condition queue;

  WriteCondition(ReadWriteSync sync) {
    this.sync = sync;
    queue = sync.newCondition();
  }

  @Override
  public void await() throws InterruptedException {
    Thread t = Thread.currentThread();
    long extra = sync.suspendWrite(t);
    try {
      queue.await();
    } finally {
      sync.resumeWrite(t, extra);
    }
  }

  @Override
  public void awaitUninterruptibly() {
    Thread t = Thread.currentThread();
    long extra = sync.suspendWrite(t);
    try {
      queue.awaitUninterruptibly();
    } finally {
      sync.resumeWrite(t, extra);
    }
  }

  @Override
  public long awaitNanos(long nanosTimeout) throws InterruptedException {
    Thread t = Thread.currentThread();
    long extra = sync.suspendWrite(t);
    try {
      return queue.awaitNanos(nanosTimeout);
    } finally {
      sync.resumeWrite(t, extra);
    }
  }

  @Override
  public boolean await(long time, TimeUnit unit) throws InterruptedException {
    Thread t = Thread.currentThread();
    long extra = sync.suspendWrite(t);
    try {
      return queue.await(time, unit);
    } finally {
      sync.resumeWrite(t, extra);
    }
  }

  @Override
  public boolean awaitUntil(Date deadline) throws InterruptedException {
    Thread t = Thread.currentThread();
    long extra = sync.suspendWrite(t);
    try {
      return queue.awaitUntil(deadline);
    } finally {
      sync.resumeWrite(t, extra);
    }
  }

  @Override
  public void signal() {
    sync.requireWriter(Thread.currentThread());
    queue.signal();
  }

  @Override
  public void signalAll() {
    sync.requireWriter(Thread.currentThread());
    queue.signalAll();
  }
}
