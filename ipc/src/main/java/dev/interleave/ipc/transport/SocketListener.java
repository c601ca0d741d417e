// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import dev.interleave.Deadline;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread takes in who connects, as long as there are not too many who are not accepted; each
 * shakes hands on a thread of its own, so who is slow holds up nobody.
 */
final class SocketListener implements Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

  /** After the system has refused to take somebody in: it will not be better at once. */
  private static final long RESPITE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final SocketTransport transport;
  private final Endpoint.Bound bound;
  private final Reception reception;
  private final Thread thread;
  private final AtomicBoolean closed = new AtomicBoolean();
  private boolean toldOfFailure; // the thread's own

  SocketListener(SocketTransport transport, Endpoint.Bound bound) {
    this.transport = transport;
    this.bound = bound;
    reception = new Reception(transport.name(), transport.options().backlog());
    thread =
        Thread.ofPlatform()
            .daemon()
            .name("interleave listener " + transport.name())
            .unstarted(this::takeIn);
  }

  void start() {
    thread.start();
  }

  private void takeIn() {
    while (!closed.get()) {
      try {
        reception.takePlace();
      } catch (InterruptedException e) {
        return; // by close: this thread is nobody else's
      }
      if (!takeInOne()) {
        reception.freePlace();
        LockSupport.parkNanos(RESPITE_NANOS);
      }
    }
  }

  private boolean takeInOne() {
    SocketChannel channel;
    try {
      channel = bound.channel().accept();
    } catch (ClosedChannelException e) {
      return false;
    } catch (IOException e) {
      tellOfFailure(e);
      return false;
    }
    try {
      if (transport.kind() == WireKind.TCP) {
        TcpAddress.withOptions(channel);
      }
      new Opening(transport, channel, true, reception).start();
      return true;
    } catch (IOException | OutOfMemoryError e) { // of threads, too
      tellOfFailure(e);
      closeQuietly(channel);
      return false;
    }
  }

  private void tellOfFailure(Throwable e) {
    if (toldOfFailure) {
      LOG.debug("{}: somebody cannot be taken in", transport.name(), e);
    } else {
      toldOfFailure = true;
      LOG.warn("{}: somebody cannot be taken in; said once", transport.name(), e);
    }
  }

  private void closeQuietly(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("{}: somebody who was not taken in could not be closed", transport.name(), e);
    }
  }

  @Override
  public String name() {
    return transport.name();
  }

  @Override
  public Transport transport() {
    return transport;
  }

  @Override
  public Connection accept(Deadline deadline) throws TransportException, InterruptedException {
    return reception.accept(deadline);
  }

  @Override
  public long refused() {
    return reception.refused();
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      bound.close();
    } catch (IOException e) {
      LOG.warn("{} could not be freed", transport.name(), e);
    }
    thread.interrupt();
    reception.close();
    awaitEnd();
  }

  /** Until the thread has left the system's accept, the system goes on taking connections in. */
  private void awaitEnd() {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** For messages: the name. */
  @Override
  public String toString() {
    return "listener at " + transport.name();
  }
}
