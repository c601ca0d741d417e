// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class ThreadSettingTest {
  @Test
  void names() {
    assertThat(ThreadSetting.platform(1)).hasToString("1p");
    assertThat(ThreadSetting.virtual(8)).hasToString("8v");
    assertThat(ThreadSetting.platform(1).words()).isEqualTo("1 platform thread");
    assertThat(ThreadSetting.virtual(8).words()).isEqualTo("8 virtual threads");
  }

  @Test
  void rejectsNoThreads() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ThreadSetting.platform(0))
        .withMessageContaining("0");
  }

  @Test
  void acceptsPlatformThreadsWhereTheyAreWanted() {
    assertThatCode(ThreadSetting::verifyKind).doesNotThrowAnyException();
  }

  @Test
  void refusesVirtualThreadsWherePlatformThreadsAreWanted() throws InterruptedException {
    FutureTask<Boolean> task = new FutureTask<>(ThreadSetting::verifyKind, true);
    Thread.startVirtualThread(task);
    assertThatCode(task::get)
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseInstanceOf(IllegalStateException.class);
  }
}
