package io.millrace.boot.autoconfigure.explain;

import java.util.ArrayList;
import java.util.List;

import io.netty.util.ResourceLeakDetector.Level;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class NettyAdvisorTests {

	@Test
	void aNettyWithAHoleIsNamed() {
		List<Advice> advice = new ArrayList<>();
		NettyAdvisor.advise("Netty 4.2.17.Final has a hole. Remedy: set netty.version", Level.SIMPLE, advice::add);
		assertThat(advice).singleElement().satisfies((one) -> {
			assertThat(one.id()).isEqualTo("netty-version");
			assertThat(one.found()).isEqualTo("Netty 4.2.17.Final has a hole.");
			assertThat(one.remedy()).isEqualTo("set netty.version");
		});
	}

	@Test
	void leakDetectionOfTestsIsNamed() {
		List<Advice> advice = new ArrayList<>();
		NettyAdvisor.advise(null, Level.PARANOID, advice::add);
		assertThat(advice).extracting(Advice::id).containsExactly("leak-detection");
	}

	@Test
	void whatNettyDoesByItselfIsRight() {
		List<Advice> advice = new ArrayList<>();
		NettyAdvisor.advise(null, Level.SIMPLE, advice::add);
		assertThat(advice).isEmpty();
	}

}
