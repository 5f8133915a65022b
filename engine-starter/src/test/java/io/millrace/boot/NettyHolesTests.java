package io.millrace.boot;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class NettyHolesTests {

	@ParameterizedTest
	@ValueSource(strings = { "4.2.0.Final", "4.2.9.Final", "4.2.17.Final", "4.2.17.Final-redhat-00001" })
	void aVersionWithTheHoleIsNamedWithTheRemedy(String version) {
		assertThat(NettyHoles.warning(version)).contains(version, "GHSA-pvjx-v7vp-62vq", "netty.version",
				"4.2.18.Final");
	}

	@ParameterizedTest
	@ValueSource(strings = { "4.2.18.Final", "4.2.20.Final", "4.3.0.Final", "5.0.0", "4.1.130.Final", "unknown", "" })
	void anyOtherVersionIsNotTalkedAbout(String version) {
		assertThat(NettyHoles.warning(version)).isNull();
	}

}
