import '@xyflow/react/dist/style.css';
import './plan-graph.css';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { BaseEdge, Controls, Handle, MarkerType, MiniMap, Position, ReactFlow } from '@xyflow/react';
import type { Edge, EdgeProps, Node, NodeProps } from '@xyflow/react';
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import type { StepStatus } from '../../core/model/step.ts';
import { stepKinds } from '../format/status.tsx';
import { plan } from '../strings/plan.ts';
import { stepStatusTexts } from '../strings/statuses.ts';
import { heightOf, layoutOf, lineOf, stepSize } from './wave-layout.ts';

/** What a graph shows of a step. */
export interface GraphStep {
  readonly id: string;
  readonly action: string;
  readonly after: readonly string[];
  readonly optional: boolean;
  /** Steps of a later one stand behind those of earlier ones. */
  readonly group: number;
  readonly status: StepStatus | undefined;
}

interface PlanGraphProps {
  readonly steps: readonly GraphStep[];
  readonly selectedId?: string | undefined;
  readonly onSelect?: (id: string) => void;
}

type StepNode = Node<{ readonly step: GraphStep }, 'step'>;

const kinds = { step: StepBox };
const lines = { past: LinePast };
type LaneEdge = Edge<{ readonly lane: number }, 'past'>;
/** Of the graph, in pixels: as high as the plan, within reason. */
const lowest = 200;
const tallest = 560;
const margin = 120;
/** Of a line, between two columns. */
const turn = 52;
/** Larger plans begin at their first steps, where they can be read, with a map to find the others. */
const stepsSeenWhole = 60;

/** The steps of a plan and what waits for what. Only what is in view is drawn. The table of steps says the same in words. */
export default function PlanGraph({ steps, selectedId, onSelect }: PlanGraphProps): ReactElement {
  // What a step has come to does not move it.
  const shape = JSON.stringify(steps.map(({ id, after, group }) => [id, after, group]));
  const { places, lanes } = useMemo(() => layoutOf(shapeOf(shape)), [shape]);
  const nodes = steps.map((step): StepNode => ({
    ...{ id: step.id, type: 'step', position: places.get(step.id) ?? { x: 0, y: 0 }, data: { step } },
    ...{ selected: step.id === selectedId, ...stepSize, draggable: false, connectable: false, deletable: false },
    ariaLabel: plan.node(step.id, step.action, step.status && stepStatusTexts[step.status]),
  }));
  const edges = useMemo(() => edgesOf(shapeOf(shape), lanes), [shape, lanes]);
  const isSmall = steps.length <= stepsSeenWhole;
  return (
    <div
      className="plan-graph"
      role="group"
      aria-label={plan.graphOf(steps.length)}
      style={{ blockSize: Math.min(tallest, Math.max(lowest, heightOf(places) + margin)) }}
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={kinds}
        edgeTypes={lines}
        onlyRenderVisibleElements
        fitView={isSmall}
        fitViewOptions={{ maxZoom: 1, minZoom: 0.35 }}
        defaultViewport={{ x: 24, y: 24, zoom: 0.7 }}
        minZoom={0.02}
        nodesConnectable={false}
        edgesFocusable={false}
        elementsSelectable={onSelect !== undefined}
        proOptions={{ hideAttribution: false }}
        onNodeClick={(_, node) => onSelect?.(node.id)}
        // By the keyboard; what is selected is what the address says.
        onNodesChange={(changes) => {
          const chosen = changes.find((change) => change.type === 'select' && change.selected);
          if (chosen?.type === 'select' && chosen.id !== selectedId) onSelect?.(chosen.id);
        }}
      >
        <Controls showInteractive={false} aria-label={plan.controls} />
        {!isSmall && <MiniMap pannable zoomable ariaLabel={plan.map} />}
      </ReactFlow>
    </div>
  );
}

type Shape = readonly (readonly [string, readonly string[], number])[];

function shapeOf(text: string) {
  return (JSON.parse(text) as Shape).map(([id, after, group]) => ({ id, after, group }));
}

function edgesOf(steps: ReturnType<typeof shapeOf>, lanes: ReadonlyMap<string, number>): Edge[] {
  const known = new Set(steps.map(({ id }) => id));
  return steps.flatMap(({ id, after }) =>
    after
      .filter((other) => known.has(other))
      .map((other) => {
        const line = lineOf(other, id);
        const lane = lanes.get(line);
        return {
          ...{ id: line, source: other, target: id, selectable: false, focusable: false },
          ...(lane === undefined ? {} : { type: 'past', data: { lane } }),
          markerEnd: { type: MarkerType.ArrowClosed },
        };
      }),
  );
}

/** Leaves its column, goes past the ones in between, and comes in where it is waited for. */
function LinePast({ id, sourceX, sourceY, targetX, targetY, data, markerEnd }: EdgeProps<LaneEdge>): ReactElement {
  const lane = data?.lane ?? sourceY;
  const path = [
    `M ${sourceX} ${sourceY}`,
    `C ${sourceX + turn * 0.7} ${sourceY} ${sourceX + turn * 0.3} ${lane} ${sourceX + turn} ${lane}`,
    `H ${targetX - turn}`,
    `C ${targetX - turn * 0.3} ${lane} ${targetX - turn * 0.7} ${targetY} ${targetX} ${targetY}`,
  ].join(' ');
  return <BaseEdge id={id} path={path} {...(markerEnd === undefined ? {} : { markerEnd })} />;
}

function StepBox({ data: { step } }: NodeProps<StepNode>): ReactElement {
  const { id, action, status, optional } = step;
  return (
    <div className={`plan-step${status === undefined ? '' : ` plan-step-${status}`}`}>
      <Handle type="target" position={Position.Left} />
      <div className="plan-step-id">
        {status !== undefined && (
          <StatusIndicator type={stepKinds[status]} iconAriaLabel={stepStatusTexts[status]}>
            {''}
          </StatusIndicator>
        )}
        <span title={id}>{id}</span>
      </div>
      <div className="plan-step-action" title={action}>
        {action}
        {optional ? ` (${plan.optional})` : ''}
      </div>
      <Handle type="source" position={Position.Right} />
    </div>
  );
}
