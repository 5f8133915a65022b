package io.millrace.boot.autoconfigure.explain;

import java.util.List;

import com.zaxxer.hikari.HikariDataSource;
import io.millrace.core.http.RoutePolicy;
import io.millrace.core.worker.Priority;
import io.millrace.core.worker.WorkerMode;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReactiveBlockingAdvisorTests {

	private final ReactiveBlockingAdvisor advisor = new ReactiveBlockingAdvisor();

	@Test
	void aDatabaseThatBlocksTheEventLoopsIsNamed() {
		TestSituation situation = new TestSituation();
		situation.beans.registerSingleton("orders", new HikariDataSource());
		assertThat(situation.ids(this.advisor)).isEmpty();
		assertThat(situation.reactive().ask(this.advisor)).singleElement().satisfies((advice) -> {
			assertThat(advice.id()).isEqualTo("reactive-blocking");
			assertThat(advice.found()).contains("javax.sql.DataSource", "orders");
			assertThat(advice.remedy()).contains("millrace.routes", "newBoundedElastic");
		});
	}

	@Test
	void whereSomePathsHaveThreadsSomebodyHasThoughtOfIt() {
		TestSituation situation = new TestSituation().reactive();
		situation.beans.registerSingleton("orders", new HikariDataSource());
		situation.config.policies(
				List.of(new RoutePolicy("/orders", (head) -> true, WorkerMode.POOL, 0, 0, null, Priority.NORMAL)));
		assertThat(situation.ids(this.advisor)).isEmpty();
	}

}
