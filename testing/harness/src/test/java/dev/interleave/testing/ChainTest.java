// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A chain is what a deque would be, and the older ones stay as they were. */
class ChainTest {

  @Test
  void isWhatADequeIs() {
    Random random = new Random(1);
    List<Chain> chains = new ArrayList<>(List.of(Chain.EMPTY));
    List<ArrayDeque<Integer>> deques = new ArrayList<>(List.of(new ArrayDeque<>()));
    for (int i = 0; i < 3_000; i++) {
      int which = Math.max(0, chains.size() - 1 - random.nextInt(10));
      Chain chain = chains.get(which);
      ArrayDeque<Integer> deque = deques.get(which).clone();
      switch (random.nextInt(5)) {
        case 0 -> {
          if (!deque.isEmpty()) {
            assertThat(chain.first()).isEqualTo(deque.removeFirst());
            chain = chain.withoutFirst();
          }
        }
        case 1 -> {
          if (!deque.isEmpty()) {
            assertThat(chain.last()).isEqualTo(deque.removeLast());
            chain = chain.withoutLast();
          }
        }
        default -> {
          int item = random.nextInt(3);
          chain = chain.plus(item);
          deque.addLast(item);
        }
      }
      chains.add(chain);
      deques.add(deque);
    }
    for (int i = 0; i < chains.size(); i++) {
      assertThat(chains.get(i)).hasToString(deques.get(i).toString());
      assertThat(chains.get(i).size()).isEqualTo(deques.get(i).size());
      assertThat(chains.get(i).isEmpty()).isEqualTo(deques.get(i).isEmpty());
    }
  }

  @Test
  void isEqualIfTheItemsAre() {
    Random random = new Random(2);
    int equal = 0;
    List<Chain> chains = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      Chain chain = Chain.EMPTY;
      for (int n = random.nextInt(4); n > 0; n--) {
        chain = chain.plus("gone").withoutFirst();
      }
      for (int n = random.nextInt(4); n > 0; n--) {
        chain = chain.plus(random.nextInt(2));
      }
      chains.add(chain);
    }
    for (Chain one : chains) {
      for (Chain other : chains) {
        boolean same = one.toString().equals(other.toString());
        assertThat(one.equals(other)).as("%s and %s", one, other).isEqualTo(same);
        if (same) {
          assertThat(one).hasSameHashCodeAs(other);
          equal++;
        }
      }
    }
    assertThat(equal).isGreaterThan(chains.size());
  }

  /** Or the search would get slow. */
  @Test
  void differentChainsHaveDifferentHashes() {
    List<Integer> hashes = new ArrayList<>();
    Chain chain = Chain.EMPTY;
    for (int i = 0; i < 1_000; i++) {
      chain = chain.plus(i);
      hashes.add(chain.hashCode());
      hashes.add(chain.plus("other").hashCode());
      hashes.add(chain.withoutFirst().plus(-1).hashCode());
    }
    assertThat(hashes.stream().distinct().count()).isGreaterThan(hashes.size() - 5);
  }
}
