package io.millrace;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The direction of the packages, as {@code docs/architecture.md} draws it. A package that
 * is not named here may use nothing of ours: whoever adds one says where it stands.
 */
class ArchitectureTests {

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages("io.millrace");

	private static final String[] PROTOCOLS = { "core.http1..", "core.http2..", "core.http3..", "core.websocket..",
			"core.connection.." };

	private static final String[] CONNECTION = { "core.connection..", "core.http..", "core.worker..",
			"core.observe.." };

	private static final String[] HTTP = { "core.http..", "core.worker..", "core.observe.." };

	/** Package, and what of ours it may use besides itself. */
	private static final Map<String, String[]> MAY_USE = Map.ofEntries(Map.entry("core.observe..", none()),
			Map.entry("core.worker..", of("core.observe..")), Map.entry("core.compression..", none()),
			Map.entry("core.http..", of("core.compression..", "core.worker..", "core.observe..")),
			Map.entry("core.connection..", and(HTTP)),
			Map.entry("core.http1..", and(CONNECTION, "core.http2..", "core.websocket..")),
			Map.entry("core.http2..", and(CONNECTION, "core.websocket..")), Map.entry("core.http3..", and(CONNECTION)),
			Map.entry("core.websocket..", and(HTTP)), Map.entry("core.transport..", and(HTTP, PROTOCOLS)),
			Map.entry("core", of("core..")), Map.entry("servlet..", of("core.http..")),
			Map.entry("websocket..", of("servlet..", "core.http..", "core.websocket..")),
			Map.entry("ratelimit..", of("core.http..")), Map.entry("accesslog..", of("core.observe..")),
			Map.entry("reactive..", of("core.http..", "core.websocket..")), Map.entry("boot", of("core..")),
			Map.entry("boot.servlet..", of("boot", "servlet..", "core..")),
			Map.entry("boot.reactive..", of("boot", "reactive..", "core..")),
			Map.entry("boot.metrics..", of("boot", "boot.servlet..", "boot.reactive..", "core..")),
			Map.entry("boot.admission..", of("core.worker..")), Map.entry("jfr..", of("core.observe..")),
			Map.entry("boot.autoconfigure..", of("boot..", "servlet..", "reactive..", "websocket..", "ratelimit..",
					"accesslog..", "jfr..", "core..")));

	static Set<String> packagesWithRules() {
		return MAY_USE.keySet();
	}

	@ParameterizedTest
	@MethodSource("packagesWithRules")
	void aPackageUsesOnlyWhatStandsBelowIt(String name) {
		String[] allowed = and(MAY_USE.get(name), name);
		check(noClasses().that()
			.resideInAPackage("io.millrace." + name)
			.should()
			.dependOnClassesThat(ours().and(not(resideInAnyPackage(full(allowed)))))
			.because("it may use only " + String.join(", ", allowed)));
	}

	@Test
	void everyPackageHasItsPlace() {
		String[] known = full(MAY_USE.keySet().toArray(String[]::new));
		check(classes().that(ours()).should().resideInAnyPackage(and(known, "io.millrace")));
	}

	@Test
	void theCoreKnowsNoFramework() {
		check(noClasses().that()
			.resideInAPackage("io.millrace.core..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework..", "jakarta..", "reactor..", "org.reactivestreams..",
					"io.micrometer.."));
	}

	@Test
	void theServletBridgeKnowsNeitherSpringNorReactor() {
		check(noClasses().that()
			.resideInAPackage("io.millrace.servlet..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework..", "reactor..", "org.reactivestreams..", "io.micrometer.."));
	}

	@Test
	void theAccessLogKnowsNoFramework() {
		check(noClasses().that()
			.resideInAPackage("io.millrace.accesslog..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework..", "jakarta..", "reactor..", "org.reactivestreams..",
					"io.micrometer..", "tools.jackson..", "com.fasterxml..", "ch.qos.logback.."));
	}

	@Test
	void theReactiveBridgeKnowsNeitherBootNorServlets() {
		check(noClasses().that()
			.resideInAPackage("io.millrace.reactive..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework.boot..", "jakarta.servlet..", "io.micrometer.."));
	}

	@Test
	void theBaseOfBootNeedsNeitherServletNorReactor() {
		check(noClasses().that()
			.resideInAnyPackage("io.millrace.boot", "io.millrace.boot.autoconfigure")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("jakarta.servlet..", "reactor..", "org.reactivestreams.."));
	}

	@Test
	void eachStackLeavesTheOtherAlone() {
		check(noClasses().that()
			.resideInAPackage("io.millrace.boot..servlet..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("io.millrace.reactive..", "io.millrace.boot..reactive..", "reactor.."));
		check(noClasses().that()
			.resideInAPackage("io.millrace.boot..reactive..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("io.millrace.servlet..", "io.millrace.websocket..", "io.millrace.boot..servlet..",
					"jakarta.servlet.."));
	}

	@Test
	void channelsStayInTheTransportAndTheProtocols() {
		DescribedPredicate<JavaClass> channels = resideInAPackage("io.netty.channel..");
		check(noClasses().that(ours())
			.and(resideOutsideOfPackages(full(
					and(PROTOCOLS, "core", "core.transport..", "boot", "boot.reactive..", "boot.autoconfigure.."))))
			.should()
			.dependOnClassesThat(channels));
		// Boot's side may name event loops and channel types, to share the loops with
		// Reactor Netty, but handles no channel.
		check(noClasses().that()
			.resideInAPackage("io.millrace.boot..")
			.should()
			.dependOnClassesThat(
					channels.and(not(describe("event loops and channel types", (type) -> type.getSimpleName()
						.matches("EventLoop(Group)?|ChannelOption|(\\w*Socket)?(Server)?(Socket)?Channel"))))));
	}

	@Test
	void oneRoomKnowsTheLibraryOfAdaptiveLimits() {
		check(noClasses().that(ours())
			.and(resideOutsideOfPackage("io.millrace.boot.admission"))
			.should()
			.dependOnClassesThat()
			.resideInAPackage("com.netflix.."));
	}

	@Test
	void oneRoomKnowsTyrus() {
		check(noClasses().that(ours())
			.and(resideOutsideOfPackage("io.millrace.servlet.tyrus"))
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.glassfish.tyrus..", "jakarta.websocket.."));
	}

	@Test
	void whoeverKnowsMicrometerHasARoomOfHisOwn() {
		check(noClasses().that(ours())
			.and(resideOutsideOfPackages("io.millrace.boot.metrics..", "io.millrace.boot.autoconfigure.metrics..",
					"io.millrace.boot.autoconfigure.tracing.."))
			.should()
			.dependOnClassesThat()
			.resideInAPackage("io.micrometer.."));
	}

	@Test
	void noPackagesFormACycle() {
		check(slices().matching("io.millrace.(**)").should().beFreeOfCycles());
	}

	@Test
	void everyPackageIsNullMarked() {
		check(classes().that(ours()).should(new ArchCondition<>("be in a package with @NullMarked") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
					events.add(SimpleConditionEvent.violated(type,
							type.getPackageName() + " has no package-info with @NullMarked (" + type.getName() + ")"));
				}
			}

		}));
	}

	@Test
	void autoConfigurationsHaveTheShapeOfBootsOwn() {
		check(classes().that()
			.areAnnotatedWith(AutoConfiguration.class)
			.should()
			.bePublic()
			.andShould()
			.haveModifier(JavaModifier.FINAL)
			.andShould()
			.resideInAPackage("io.millrace.boot.autoconfigure.."));
		check(methods().that()
			.areAnnotatedWith(Bean.class)
			.should()
			.bePackagePrivate()
			.orShould()
			.haveModifier(JavaModifier.STATIC));
	}

	@Test
	void theRulesSeeTheProductionClasses() {
		assertThat(CLASSES).extracting(JavaClass::getName).contains("io.millrace.package-info");
	}

	private static void check(ArchRule rule) {
		rule.allowEmptyShould(true).check(CLASSES);
	}

	private static DescribedPredicate<JavaClass> ours() {
		return resideInAPackage("io.millrace..");
	}

	private static DescribedPredicate<JavaClass> describe(String description,
			java.util.function.Predicate<JavaClass> predicate) {
		return DescribedPredicate.describe(description, predicate);
	}

	private static String[] full(String... names) {
		return Arrays.stream(names).map("io.millrace."::concat).toArray(String[]::new);
	}

	private static String[] none() {
		return new String[0];
	}

	private static String[] of(String... names) {
		return names;
	}

	private static String[] and(String[] some, String... others) {
		return Stream.of(some, others).flatMap(Arrays::stream).toArray(String[]::new);
	}

}
