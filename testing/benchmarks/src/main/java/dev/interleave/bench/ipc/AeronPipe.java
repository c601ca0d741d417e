// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.ipc;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.FragmentHandler;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Aeron over memory. Its driver has no part in the messages themselves, so it may sleep; those who
 * send and receive spin, which is what Aeron is fastest with. It needs flags of the JVM.
 */
final class AeronPipe implements Pipe {
  static final String[] JVM_ARGUMENTS = {
    "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"
  };

  private static final String CHANNEL = "aeron:ipc";
  private static final int THERE = 10;
  private static final int BACK = 11;
  private static final int AT_ONCE = 64;
  private static final FragmentHandler COUNTED = (buffer, offset, length, header) -> {};

  private final Aeron aeron;
  private final ExclusivePublication out;
  private final Subscription in;
  private final UnsafeBuffer wrapper = new UnsafeBuffer();

  private AeronPipe(Aeron aeron, int out, int in) {
    this.aeron = aeron;
    this.out = aeron.addExclusivePublication(CHANNEL, out);
    this.in = aeron.addSubscription(CHANNEL, in);
  }

  /** The driver, for both ends. */
  static MediaDriver driver(Path folder) {
    return MediaDriver.launch(
        new MediaDriver.Context()
            .aeronDirectoryName(folder.toString())
            .threadingMode(ThreadingMode.SHARED)
            .sharedIdleStrategy(new SleepingMillisIdleStrategy(1))
            .ipcTermBufferLength(4 << 20)
            .ipcMtuLength(8192)
            .dirDeleteOnStart(true)
            .dirDeleteOnShutdown(true));
  }

  static AeronPipe connect(Path folder, boolean server) {
    Aeron aeron =
        Aeron.connect(
            new Aeron.Context()
                .aeronDirectoryName(folder.toString())
                .idleStrategy(new SleepingMillisIdleStrategy(1)));
    AeronPipe pipe = new AeronPipe(aeron, server ? BACK : THERE, server ? THERE : BACK);
    while (!pipe.out.isConnected() || !pipe.in.isConnected()) {
      Thread.onSpinWait();
    }
    return pipe;
  }

  @Override
  public void send(ByteBuffer message, boolean more) {
    wrapper.wrap(message, message.position(), message.remaining());
    while (out.offer(wrapper, 0, message.remaining()) < 0) {
      Thread.onSpinWait();
    }
  }

  @Override
  public int receive() {
    int count;
    while ((count = in.poll(COUNTED, AT_ONCE)) == 0) {
      Thread.onSpinWait();
    }
    return count;
  }

  @Override
  public void close() {
    aeron.close();
  }
}
