// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0

package dev.interleave.examples;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The boundaries between modules and packages, and what no published class may do.
 *
 * <p>The rules look at the main classes of every published module. Where a rule has nothing to look
 * at ArchUnit fails it; the rules on code are also shown to fail on {@link Offender}.
 */
class ArchitectureTest {
  private static final String ROOT = "dev.interleave";
  private static final String IPC = "dev.interleave.ipc..";
  private static final String ASYNC = "dev.interleave.async..";
  private static final String INTERNAL = ".internal";
  private static final String HARNESS = "dev.interleave.testing..";

  private static final String DETECTOR = "dev.interleave.diagnose.DeadlockDetector";
  private static final String WATCHED_LOCK = "dev.interleave.lock.WatchedLock";

  /** Have to ask for the wall clock: one form of waiting on a Condition takes a Date. */
  private static final String CONTRACTS = "dev.interleave.testing.contract";

  private static final String CONDITION = "dev.interleave.lock.KeyCondition";

  /** What the packages of core share: the root package, and the wait graph that sees them all. */
  private static final String[] SHARED = {ROOT, "dev.interleave.diagnose"};

  private static final JavaClasses PUBLISHED =
      new ClassFileImporter().withImportOption(ArchitectureTest::isPublished).importPackages(ROOT);

  private static final DescribedPredicate<JavaClass> CORE =
      resideInAPackage("dev.interleave..")
          .and(not(resideInAnyPackage(IPC, ASYNC, HARNESS)))
          .as("classes of core");

  /** Rules that look at code, not at names: {@link Offender} breaks each of them. */
  static final List<ArchRule> CODE_RULES =
      List.of(
          noMethods()
              .should()
              .haveModifier(JavaModifier.SYNCHRONIZED)
              .because("a virtual thread that blocks in one holds its carrier on JDK 21"),
          noClasses()
              .should()
              .callMethodWhere(
                  target(name("sleep"))
                      .and(
                          target(
                              owner(
                                  describe(
                                      "Thread or TimeUnit",
                                      type ->
                                          type.isAssignableTo(Thread.class)
                                              || type.isAssignableTo(TimeUnit.class))))))
              .because("whoever waits is woken"),
          noClasses()
              .that()
              .resideOutsideOfPackage(CONTRACTS)
              .and()
              .doNotHaveFullyQualifiedName(CONDITION)
              .should()
              .callMethod(System.class, "currentTimeMillis")
              .because("the wall clock jumps; System.nanoTime does not"),
          classes().should(new LiveInNullMarkedPackage()));

  private static boolean isPublished(Location location) {
    return !location.contains("/test-classes/")
        && !location.contains("/dev/interleave/examples/")
        && !location.contains("interleave-examples");
  }

  @ParameterizedTest
  @ValueSource(strings = {ROOT, "dev.interleave.lock", "dev.interleave.state", IPC, ASYNC, HARNESS})
  void everyModuleIsSeen(String packages) {
    assertThat(PUBLISHED.stream().filter(resideInAPackage(packages))).isNotEmpty();
  }

  @Test
  void coreNeedsNoOtherModule() {
    noClasses()
        .that(CORE)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(IPC, ASYNC, HARNESS)
        .check(PUBLISHED);
  }

  @Test
  void ipcAndAsyncDoNotKnowEachOther() {
    noClasses()
        .that()
        .resideInAPackage(IPC)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ASYNC, HARNESS)
        .check(PUBLISHED);
    noClasses()
        .that()
        .resideInAPackage(ASYNC)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(IPC, HARNESS)
        .check(PUBLISHED);
  }

  @Test
  void harnessNeedsNoOtherModule() {
    noClasses()
        .that()
        .resideInAPackage(HARNESS)
        .should()
        .dependOnClassesThat(
            resideInAPackage("dev.interleave..").and(not(resideInAPackage(HARNESS))))
        .check(PUBLISHED);
  }

  @Test
  void rootPackageNeedsNoOther() {
    classes()
        .that()
        .resideInAPackage(ROOT)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(ROOT, "java..", "org.jspecify..")
        .check(PUBLISHED);
  }

  @Test
  void packagesOfCoreMeetInWhatTheyShare() {
    classes()
        .that(CORE)
        .should(
            onlyReach(
                "their own package, its internals and what core shares",
                (from, to) ->
                    !to.getPackageName().startsWith(ROOT)
                        || isBelow(to, from.getPackageName())
                        || isBelow(from, to.getPackageName())
                        || resideInAnyPackage(SHARED).test(to)
                        || isMakerOfLocks(from, to)
                        || isPartOfPool(from, to)))
        .check(PUBLISHED);
  }

  @Test
  void coreUsesOnlyTheLibrariesItDeclares() {
    classes()
        .that(CORE)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "dev.interleave..",
            "java..",
            "javax.management..",
            "jdk.jfr..",
            "org.jspecify..",
            "org.slf4j..",
            "org.jctools..",
            "io.micrometer..")
        .check(PUBLISHED);
  }

  @Test
  void internalsAreReachedOnlyFromTheirOwnPackage() {
    classes()
        .should(
            onlyReach(
                "internals of their own package",
                (from, to) -> {
                  String internals = internalsOf(to.getPackageName());
                  return internals.isEmpty() || isBelow(from, ownerOf(internals));
                }))
        .check(PUBLISHED);
  }

  @Test
  void packagesFormNoCycle() {
    slices()
        .assignedFrom(new OneSlicePerPackage())
        .should()
        .beFreeOfCycles()
        .ignoreDependency(
            describe(DETECTOR, type -> type.getName().equals(DETECTOR)),
            resideInAPackage("dev.interleave.lock"))
        .check(PUBLISHED);
  }

  @Test
  void nothingBelowTheJdkIsUsed() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("sun..", "jdk.internal..")
        .check(PUBLISHED);
  }

  @ParameterizedTest
  @FieldSource("CODE_RULES")
  void codeRuleHolds(ArchRule rule) {
    rule.check(PUBLISHED);
  }

  /** Else a rule that never fails would pass for a rule that holds. */
  @ParameterizedTest
  @FieldSource("CODE_RULES")
  void codeRuleBites(ArchRule rule) {
    JavaClasses offender = new ClassFileImporter().importClasses(Offender.class);
    assertThat(rule.evaluate(offender).hasViolation()).isTrue();
  }

  /** The detector makes the locks that it watches: the one way back from the wait graph. */
  private static boolean isMakerOfLocks(JavaClass from, JavaClass to) {
    return from.getName().equals(DETECTOR) && to.getName().startsWith(WATCHED_LOCK);
  }

  /**
   * A pool keeps its tasks in a buffer, takes its threads from {@code Threads}, and is steered by a
   * {@code PeriodicService}: it uses them as anybody could.
   */
  private static boolean isPartOfPool(JavaClass from, JavaClass to) {
    return from.getPackageName().equals("dev.interleave.pool")
        && (to.getPackageName().equals("dev.interleave.buffer")
            || to.getPackageName().equals("dev.interleave.lifecycle"))
        && to.getModifiers().contains(JavaModifier.PUBLIC);
  }

  private static boolean isBelow(JavaClass type, String packageName) {
    return (type.getPackageName() + ".").startsWith(packageName + ".");
  }

  /** The internal package this one is or lies in, or an empty string. */
  private static String internalsOf(String packageName) {
    int end = (packageName + ".").indexOf(INTERNAL + ".");
    return end < 0 ? "" : packageName.substring(0, end + INTERNAL.length());
  }

  private static String ownerOf(String internals) {
    return internals.substring(0, internals.length() - INTERNAL.length());
  }

  private static ArchCondition<JavaClass> onlyReach(
      String what, BiPredicate<JavaClass, JavaClass> allowed) {
    return new ArchCondition<>("only reach " + what) {
      @Override
      public void check(JavaClass from, ConditionEvents events) {
        for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
          JavaClass to = dependency.getTargetClass().getBaseComponentType();
          events.add(
              new SimpleConditionEvent(from, allowed.test(from, to), dependency.getDescription()));
        }
      }
    };
  }

  private static final class LiveInNullMarkedPackage extends ArchCondition<JavaClass> {
    LiveInNullMarkedPackage() {
      super("live in a package that is @NullMarked");
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
      boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
      String message = type.getPackageName() + (marked ? " is" : " is not") + " @NullMarked";
      events.add(new SimpleConditionEvent(type, marked, message));
    }
  }

  private static final class OneSlicePerPackage implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      return SliceIdentifier.of(type.getPackageName());
    }

    @Override
    public String getDescription() {
      return "packages";
    }
  }

  /** Breaks every rule on code. */
  private static final class Offender {
    @SuppressWarnings("UnusedMethod")
    synchronized long sleepy() throws InterruptedException {
      Thread.sleep(1);
      return System.currentTimeMillis();
    }
  }
}
