package io.millrace.demo.compare;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The command line.
 */
class CompareOptionsTests {

	@Test
	void nothingNeedsToBeGiven() {
		CompareOptions options = CompareOptions.parse();
		assertThat(options.names()).containsExactly("millrace", "tomcat", "jetty");
		assertThat(options.load()).isEqualTo(new LoadOptions(500, 16, "/json"));
		assertThat(options.jvm()).containsExactly("-Xmx512m");
		assertThat(options.processors()).isNull();
		assertThat(options.end()).isNull();
		assertThat(options.open()).isFalse();
	}

	@Test
	void everythingCanBeGiven() {
		CompareOptions options = CompareOptions.parse("--copies=tomcat,millrace", "--rate=max", "--connections=4",
				"--path=/work?ms=10", "--cpus=0,1", "--jvm=-Xmx64m -Xss512k", "--port=9000", "--for=2m", "--open");
		assertThat(options.names()).containsExactly("tomcat", "millrace");
		assertThat(options.load()).isEqualTo(new LoadOptions(Integer.MAX_VALUE, 4, "/work?ms=10"));
		assertThat(options.load().interval()).isZero();
		assertThat(options.processors()).isEqualTo("0,1");
		assertThat(options.jvm()).containsExactly("-Xmx64m", "-Xss512k");
		assertThat(options.port()).isEqualTo(9000);
		assertThat(options.end()).isEqualTo(Duration.ofMinutes(2));
		assertThat(options.open()).isTrue();
	}

	@Test
	void connectionsShareTheRate() {
		assertThat(new LoadOptions(1000, 16, "/json").interval()).isEqualTo(16_000_000);
	}

	@ParameterizedTest
	@ValueSource(strings = { "--rates=1", "--rate", "--rate=-1", "--rate=many", "--connections=0", "--path=json",
			"--path=/a b", "--port=0", "--copies=", "--copies=tomcat,tomcat", "--copies=jetty,undertow",
			"--copies=millrace,tomcat,jetty,millrace-virtual", "--for=ever", "--rate=1 --rate=2", "millrace" })
	void whatIsNotUnderstoodIsRefused(String args) {
		assertThatIllegalArgumentException().isThrownBy(() -> CompareOptions.parse(args.split(" (?=--)")));
	}

}
