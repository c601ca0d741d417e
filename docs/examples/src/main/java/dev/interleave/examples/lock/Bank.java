// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.lock;

import dev.interleave.lock.OrderedLockManager;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Accounts with money in whole cents, each behind a lock of its own. Methods that need several
 * accounts ask for all of them at once and never think about an order. Thread-safe.
 */
final class Bank {
  /** There was less money than was asked for; nothing has changed. */
  static final class InsufficientFundsException extends Exception {
    private static final long serialVersionUID = 1L;

    InsufficientFundsException(String account, long balance, long amount) {
      super("%s has %d, which is less than %d".formatted(account, balance, amount));
    }
  }

  private static final class Account {
    private long balance;
  }

  private final OrderedLockManager<String> locks = OrderedLockManager.natural();
  private final Map<String, Account> accounts; // the map never changes

  /** With so much in each account. */
  Bank(Map<String, Long> opening) {
    Map<String, Account> made = new TreeMap<>();
    opening.forEach((number, balance) -> {
      Account account = new Account();
      account.balance = balance;
      made.put(number, account);
    });
    accounts = made;
  }

  void deposit(String number, long amount) {
    positive(amount);
    Account account = account(number);
    try (var g = locks.acquire(List.of(number))) {
      account.balance = Math.addExact(account.balance, amount);
    }
  }

  void withdraw(String number, long amount) throws InsufficientFundsException {
    positive(amount);
    Account account = account(number);
    try (var g = locks.acquire(List.of(number))) {
      if (account.balance < amount) {
        throw new InsufficientFundsException(number, account.balance, amount);
      }
      account.balance -= amount;
    }
  }

  /** From one to the other, or not at all; they may be the same. */
  void transfer(String from, String to, long amount) throws InsufficientFundsException {
    account(to);
    try (var g = locks.acquire(List.of(from, to))) {
      withdraw(from, amount); // acquires again what it holds
      deposit(to, amount);
    }
  }

  /** All balances at one moment. */
  Map<String, Long> balances() {
    try (var g = locks.acquire(accounts.keySet())) {
      Map<String, Long> balances = new TreeMap<>();
      accounts.forEach((number, account) -> balances.put(number, account.balance));
      return balances;
    }
  }

  /** How many accounts somebody holds or waits for. */
  long locksInUse() {
    return locks.stats().keys();
  }

  private Account account(String number) {
    Account account = accounts.get(number);
    if (account == null) {
      throw new IllegalArgumentException("no account " + number);
    }
    return account;
  }

  private static void positive(long amount) {
    if (amount <= 0) {
      throw new IllegalArgumentException("amount is not positive: " + amount);
    }
  }
}
