// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CrewTest {
  @Test
  void joinWaitsForAll() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(2);
    try (Crew crew = new Crew()) {
      Thread platform = crew.platform("a", done::countDown);
      Thread virtual = crew.virtual("b", done::countDown);
      crew.join();
      assertThat(done.getCount()).isZero();
      assertThat(platform.isAlive() || virtual.isAlive()).isFalse();
      assertThat(platform.isVirtual()).isFalse();
      assertThat(virtual.isVirtual()).isTrue();
      assertThat(virtual.getName()).isEqualTo("b");
    }
  }

  @Test
  void aFailureEndsTheOthersAndIsThrownByJoin() {
    CountDownLatch never = new CountDownLatch(1);
    AssertionError failure = new AssertionError("broken");
    try (Crew crew = new Crew()) {
      Thread waiting = crew.platform("waits", never::await);
      crew.virtual(
          "fails",
          () -> {
            throw failure;
          });
      assertThatThrownBy(crew::join).isInstanceOf(AssertionError.class).hasCause(failure);
      assertThat(waiting.isAlive()).isFalse();
    }
  }

  @Test
  void aFailureNobodyAskedAboutIsThrownByClose() throws InterruptedException {
    Crew crew = new Crew();
    IllegalStateException failure = new IllegalStateException("unseen");
    Thread thread =
        crew.platform(
            "fails",
            () -> {
              throw failure;
            });
    thread.join();
    assertThatThrownBy(crew::close).isInstanceOf(AssertionError.class).hasCause(failure);
    assertThatCode(crew::close).doesNotThrowAnyException();
  }

  @Test
  void closeInterruptsAndLeavesNobodyBehind() {
    CountDownLatch never = new CountDownLatch(1);
    Thread platform;
    Thread virtual;
    try (Crew crew = new Crew()) {
      platform = crew.platform("a", never::await);
      virtual = crew.virtual("b", never::await);
    }
    assertThat(platform.isAlive() || virtual.isAlive()).isFalse();
  }
}
